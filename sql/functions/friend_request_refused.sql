-- friend_request_refused(me, other): why I may not ask the other; null where I may, or where friendship
-- or a request say the rest. 'blocked': by me. 'not-found': there is no such account (other is null) or it was deleted,
-- it has blocked me, or it doesn't want to be found by its name, or asked: all of these are one answer
-- after the same look-ups, so that the time doesn't tell them apart (materialized: none is left out).
-- A helper. Reads account, block, friendship, friend_request.
create or replace function friend_request_refused(p_me int8, p_other int8) returns text
language sql stable
as $$
    with known as materialized (
        select exists (select from account a where a.id = p_me and a.deleted_at is null) as me,
               exists (select from account a where a.id = o.id and a.deleted_at is null) as other,
               exists (select from account a where a.id = o.id
                          and a.find_me = 'everybody' and a.ask_me = 'everybody') as open,
               exists (select from block b where b.user_id = p_me and b.blocked_id = o.id) as blocked,
               exists (select from block b where b.user_id = o.id and b.blocked_id = p_me) as blocks_me,
               exists (select from friendship f where f.user_id = p_me and f.friend_id = o.id) as friend,
               exists (select from friend_request_between(p_me, o.id)) as asked
          from (select coalesce(p_other, 0)) as o (id)
    )
    select case when not (k.me and k.other) then 'not-found'
                when k.blocked then 'blocked'
                when k.blocks_me or not (k.friend or k.asked or k.open) then 'not-found'
           end
      from known k
$$;
