-- account_people(user): whose accounts the end of the user's account touches, by id: the user's own,
-- friends, those at the other end of an open request or invitation (also where it is between others and a
-- group that ends with the account), and heirs of groups. A helper of account_delete. Reads friendship,
-- friend_request, membership, conversation, group_invitation, group_join_request.
create or replace function account_people(p_user int8) returns table (user_id int8)
language sql stable
as $$
    select p_user
    union select f.friend_id from friendship f where f.user_id = p_user
    union select r.from_id from friend_request r where r.to_id = p_user and r.state = 'open'
    union select r.to_id from friend_request r where r.from_id = p_user and r.state = 'open'
    union select group_heir(m.conversation_id, p_user)
            from membership m join conversation c on c.id = m.conversation_id and c.kind = 'group'
           where m.user_id = p_user and m.role = 'owner' and m.left_rev is null
             and group_heir(m.conversation_id, p_user) is not null
    union select i.from_id from group_invitation i where i.user_id = p_user and i.state = 'open'
    union select i.user_id from group_invitation i where i.from_id = p_user and i.state = 'open'
    union select joining_people(m.conversation_id, null)
            from membership m join conversation c on c.id = m.conversation_id and c.kind = 'group'
           where m.user_id = p_user and m.role = 'owner' and m.left_rev is null
             and group_heir(m.conversation_id, p_user) is null
    union select a.user_id
            from group_join_request r join conversation c on c.group_id = r.group_id
           cross join lateral group_admins(c.id) as a (user_id)
           where r.user_id = p_user and r.state = 'open'
    order by 1
$$;
