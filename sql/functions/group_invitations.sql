-- group_invitations(me, after, limit): the open invitations made to me whose ids are above `after`, by id, `limit` of
-- them at most; the group is a card, as JSON. Reads group_invitation, account.
select admit_column('group_invitations(int8, int8, int)', 'avatar');
create or replace function group_invitations(p_me int8, p_after int8, p_limit int)
returns table (id int8, card jsonb, user_id int8, username text, name text, avatar uuid, created_at text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select i.id, group_card(i.group_id, p_me), a.id, a.username, a.name, a.avatar_id, rfc3339(i.created_at)
      from (select * from group_invitation i
             where i.user_id = p_me and i.state = 'open' and i.id > p_after and friend_request_current(i.created_at)
             order by i.id limit p_limit) i
      join account a on a.id = i.from_id
     order by i.id
$$;
