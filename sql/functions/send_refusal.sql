-- send_refusal(user, conversation, look): what keeps the user from writing in that group now: 'muted' or
-- 'slow-mode' (then wait_s tells for how many seconds), or nothing; slow_mode: how long it is for this
-- one, 0 for none. No row where `look` isn't true, and then nothing is read. A helper of send_each,
-- inlined. Reads membership, conversation, chat_group, slow_write, permission.
create or replace function send_refusal(p_user int8, p_conversation int8, p_look bool)
returns table (refusal text, slow_mode int, wait_s int)
language sql stable
as $$
    select case when not may('send', p.standing) then 'muted' when w.wait_s > 0 then 'slow-mode' end,
           p.slow_mode, w.wait_s
      from (select s.standing, case when may('send-unslowed', s.standing) then 0 else s.slow_mode end as slow_mode
              from (select member_standing(m.role, m.muted_until, g.muted) as standing, g.slow_mode
                      from membership m
                      join conversation c on c.id = m.conversation_id
                      join chat_group g on g.id = c.group_id
                     where m.conversation_id = p_conversation and m.user_id = p_user and p_look offset 0) s
           ) p
      left join lateral (                       -- not longer than slow mode, wherever the clock was
           select least(ceil(extract(epoch from x.wrote_at - now())) + p.slow_mode, p.slow_mode)::int as wait_s
             from slow_write x where x.user_id = p_user and x.conversation_id = p_conversation) w on true
$$;
