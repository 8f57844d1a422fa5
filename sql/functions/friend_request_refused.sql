-- friend_request_refused(me, other): why I may not ask the other; null where I may, or where friendship
-- or a request say the rest. 'blocked': by me. 'not-found': there is no such account (other is null) or it was deleted,
-- my standing forbids it (I am blocked), or the other doesn't want to be found by its name, or asked: all of these are one
-- answer after the same look-ups, so that the time doesn't tell them apart (materialized: none is left out).
-- A helper. Reads account, block, friendship, friend_request, conversation, permission.
create or replace function friend_request_refused(p_me int8, p_other int8) returns text
language sql stable
as $$
    with known as materialized (
        select exists (select from account a where a.id = p_me and a.deleted_at is null) as me,
               exists (select from account a where a.id = o.id and a.deleted_at is null) as other,
               exists (select from account a where a.id = o.id
                          and a.find_me <> 'nobody' and a.ask_me = 'everybody') as open,
               exists (select from block b where b.user_id = p_me and b.blocked_id = o.id) as blocked,
               exists (select from friend_request_between(p_me, o.id)) as asked,
               standing_with(p_me, o.id) as standing
          from (select coalesce(p_other, 0)) as o (id)
    ), judged as materialized (
        select k.*, may('ask', k.standing) as may_ask from known k
    )
    select case when not (j.me and j.other) then 'not-found'
                when j.blocked then 'blocked'
                when j.standing <> 'friend' and not (j.may_ask and (j.asked or j.open)) then 'not-found'
           end
      from judged j
$$;
