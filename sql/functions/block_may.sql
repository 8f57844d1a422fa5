-- block_may(me, other): may I block the other, and so learn who has that id? Only somebody whom I have
-- met (in a conversation or group, by a request between us), or may find by name. All others are as
-- ids that nobody has. A helper. Reads membership, friend_request, account, block.
create or replace function block_may(p_me int8, p_other int8) returns bool
language sql stable
as $$
    select (select count(*) from account a where a.id in (p_me, p_other) and a.deleted_at is null) = 2 and (
           exists (select from block b where b.user_id = p_me and b.blocked_id = p_other)
        or exists (select from membership m join membership o on o.conversation_id = m.conversation_id
                    where m.user_id = p_me and o.user_id = p_other)
        or exists (select from friend_request r where r.to_id = p_me and r.from_id = p_other)
        or exists (select from friend_request r where r.to_id = p_other and r.from_id = p_me)
        or exists (select from account a where a.id = p_other and a.find_me = 'everybody')
           and not exists (select from block b where b.user_id = p_other and b.blocked_id = p_me))
$$;
