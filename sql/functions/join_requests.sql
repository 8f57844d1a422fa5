-- join_requests(me, group, after, limit): the open requests to join a group whose ids are above `after`, by id, `limit` of
-- them at most. One row with a problem where I may not answer them: not-found, not-allowed.
-- Reads group_join_request, account.
select admit_column('join_requests(int8, int8, int8, int)', 'avatar');
create or replace function join_requests(p_me int8, p_group int8, p_after int8, p_limit int)
returns table (problem text, field text, id int8, user_id int8, username text, name text, avatar uuid, note text,
               created_at text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
begin
    problem := group_refused(p_me, p_group, 'answer-requests');
    if problem is not null then
        return next;
        return;
    end if;
    return query
    select null, null, r.id, a.id, a.username, a.name, a.avatar_id, r.note, rfc3339(r.created_at)
      from group_join_request r join account a on a.id = r.user_id
     where r.group_id = p_group and r.state = 'open' and r.id > p_after and friend_request_current(r.created_at)
     order by r.id limit p_limit;
end
$$;
