-- joining_people(conversation, user): who hears of it when what is open between a group and somebody outside ends
-- (see joining_close): the user; who has invited the user; the admins, where the user has asked. A user
-- of null: everybody outside. Under the conversation's lock nobody is added to these.
-- A helper. Reads conversation, group_invitation, group_join_request, membership.
create or replace function joining_people(p_conversation int8, p_user int8) returns setof int8
language sql stable
as $$
    select p_user where p_user is not null
    union
    select p.id
      from conversation c
      join group_invitation i on i.group_id = c.group_id and i.state = 'open'
     cross join lateral (values (i.user_id), (i.from_id)) as p (id)
     where c.id = p_conversation and (p_user is null or i.user_id = p_user)
    union
    select p.id
      from conversation c
      join group_join_request r on r.group_id = c.group_id and r.state = 'open'
     cross join lateral (select r.user_id as id union all select * from group_admins(c.id)) p
     where c.id = p_conversation and (p_user is null or r.user_id = p_user)
$$;
