-- standing_with(me, other): my standing towards a person (see permissions_load). Somebody unknown is a
-- stranger. Where both block, I am blocked. A helper. Reads block, friendship, conversation.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function standing_with(p_me int8, p_other int8) returns text
language plpgsql stable
as $$
begin
    return case
               when p_me = p_other then 'self'
               when exists (select from block b where b.user_id = p_other and b.blocked_id = p_me) then 'blocked'
               when exists (select from block b where b.user_id = p_me and b.blocked_id = p_other) then 'blocker'
               when exists (select from friendship f where f.user_id = p_me and f.friend_id = p_other) then 'friend'
               when exists (select from conversation c where c.low_id = least(p_me, p_other)
                               and c.high_id = greatest(p_me, p_other)) then 'ex-friend'
               else 'stranger'
           end;
end
$$;
