-- friend_request_refused(me, other): why I may not ask the other; null where I may, or where friendship
-- or a request say the rest. 'blocked': by me. 'not-found': there is no such account (other is null) or it was deleted,
-- it has blocked me, or it doesn't want to be found by its name, or asked: all of these are one answer
-- after the same look-ups. A helper. Reads account, block, friendship, friend_request.
create or replace function friend_request_refused(p_me int8, p_other int8) returns text
language sql stable
as $$
    select case
               when (select count(*) from account a where a.id in (p_me, p_other) and a.deleted_at is null) < 2
               then 'not-found'
               when exists (select from block b where b.user_id = p_me and b.blocked_id = p_other)
               then 'blocked'
               when exists (select from block b where b.user_id = p_other and b.blocked_id = p_me)
               then 'not-found'
               when exists (select from friendship f where f.user_id = p_me and f.friend_id = p_other)
                 or exists (select from friend_request_between(p_me, p_other))
                 or exists (select from account a where a.id = p_other
                               and a.find_me = 'everybody' and a.ask_me = 'everybody')
               then null
               else 'not-found'
           end
$$;
