-- standing_with(me, other): my standing towards a person (see permissions_load). Somebody unknown is a
-- stranger. Where both block, I am blocked. All of it is looked up, whatever comes first, so that the time
-- tells none from another (materialized). A helper. Reads block, friendship, conversation.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function standing_with(p_me int8, p_other int8) returns text
language plpgsql stable
as $$
begin
    return (
        with known as materialized (
            select exists (select from block b where b.user_id = p_other and b.blocked_id = p_me) as blocked,
                   exists (select from block b where b.user_id = p_me and b.blocked_id = p_other) as blocker,
                   exists (select from friendship f where f.user_id = p_me and f.friend_id = p_other) as friend,
                   exists (select from conversation c where c.low_id = least(p_me, p_other)
                              and c.high_id = greatest(p_me, p_other)) as met
        )
        select case when p_me = p_other then 'self' when k.blocked then 'blocked' when k.blocker then 'blocker'
                    when k.friend then 'friend' when k.met then 'ex-friend' else 'stranger' end
          from known k);
end
$$;
