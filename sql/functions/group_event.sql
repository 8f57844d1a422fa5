-- group_event(user, group, role, ended): tells the user of having come into a group, or out of
-- it. Returns the outbox row's id. A helper; locks the user's account.
create or replace function group_event(p_user int8, p_group int8, p_role text, p_ended bool) returns int8
language sql
as $$
    select user_event(p_user, 'group', jsonb_build_object(
        'group', jsonb_build_object('id', g.id, 'name', g.name, 'description', g.description,
            'max_members', g.max_members, 'role', p_role),
        'ended', p_ended))
      from chat_group g where g.id = p_group
$$;
