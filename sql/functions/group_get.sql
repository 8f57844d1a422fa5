-- group_get(me, group): a group that I am in, one row for each member: owner, admins, members; for a
-- worker of before migration 0008, which knows less of it.
-- Problems: not-found: unknown, or I am not in it.
-- Reads membership, conversation, chat_group, account.
create or replace function group_get(p_me int8, p_group int8)
returns table (problem text, field text, id int8, name text, description text, max_members int,
               role text, user_id int8, username text, user_name text, user_role text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from standing_in(p_me, p_group);
    problem := group_refusal('see-group', v_mine.standing);
    if problem is not null then
        return next;
        return;
    end if;
    return query
    select null, null, g.id, g.name, g.description, g.max_members, v_mine.role,
           a.id, a.username, a.name, m.role
      from membership m
      join account a on a.id = m.user_id
      join chat_group g on g.id = p_group
     where m.conversation_id = v_mine.conversation_id and m.left_rev is null
     order by array_position(array['owner', 'admin', 'member'], m.role), a.name, a.id;
end
$$;
