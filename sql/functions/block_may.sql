-- block_may(me, other): may I block the other, and so learn who has that id? Only somebody whom I have
-- met (met_in a conversation or group, by a request between us), or may find by name. All others are as
-- ids that nobody has, after the same look-ups (materialized: none is left out, whatever the others
-- gave). A helper. Reads membership, past_membership, friend_request, account, block.
create or replace function block_may(p_me int8, p_other int8) returns bool
language sql stable
as $$
    with known as materialized (
        select (select count(*) from account a where a.id in (p_me, p_other) and a.deleted_at is null) = 2 as both,
               exists (select from account a where a.id = p_other and a.find_me = 'everybody') as open,
               exists (select from block b where b.user_id = p_me and b.blocked_id = p_other) as blocked,
               exists (select from block b where b.user_id = p_other and b.blocked_id = p_me) as blocks_me,
               exists (select from membership m where m.user_id = p_me and met_in(m, p_other)) as met,
               exists (select from friend_request r where r.to_id = p_me and r.from_id = p_other)
            or exists (select from friend_request r where r.to_id = p_other and r.from_id = p_me) as asked
    )
    select k.both and (k.blocked or k.met or k.asked or k.open and not k.blocks_me) from known k
$$;
