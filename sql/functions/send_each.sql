-- send_each(sender, contact_type, contact_id, msg, client_id, locked, groups, left): as send_messages, where one of them
-- may be refused, was committed before, is busy, slowed or mentions somebody. What that one has found and locked goes on
-- from there: locked, of each message the conversation, if it is ours now; groups, that of a group which the sender was
-- in; left, whether it has written keys. The order matters here as there: keys first: what was committed is answered so
-- even to somebody who was removed since; then who may, now that it is certain; then new keys, sorted, and numbers in
-- order of arrival. If another transaction was faster with one of the keys, this writes nothing else, gives its keys back,
-- and is done again: it then finds that key.
--
-- Whom a message of a group mentions is found at the numbers (mentions_in), where there is an @ or ＠ in it.
-- A helper of send_messages. Reads account, friendship, membership, chat_group, permission; writes message_key,
-- message, conversation, slow_write, outbox.
drop function if exists send_each(int8[], text[], int8[], text[], uuid[]);     -- which looked up by itself
create or replace function send_each(
    p_sender int8[], p_contact_type text[], p_contact_id int8[], p_msg text[], p_client_id uuid[],
    p_locked int8[], p_groups int8[], p_left bool)
returns table (
    seq int8, problem text, field text, retry_after_s int, outbox_id int8, readers int8[],
    from_name text, "timestamp" text, mentions text, message json)
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    for v_pass in 1 .. 4 loop
        -- Keys of ours, with numbers that were not taken yet; we have these conversations locked.
        if v_pass > 1 or p_left then
            delete from message_key k
             using unnest(p_sender, p_client_id) as i (sender, client_id), conversation c
             where k.sender = i.sender and k.client_id = i.client_id
               and k.conversation_id = any (p_locked) and c.id = k.conversation_id and k.seq > c.rev;
        end if;
        exit when v_pass = 4;

        return query
        with asked as materialized (
            select i.*, coalesce(i.locked, i.group_conversation) as conversation_id,
                   message_hash(i.contact_type, i.contact_id, i.msg) as text_hash
              from unnest(p_sender, p_contact_type, p_contact_id, p_msg, p_client_id, p_locked, p_groups)
                   with ordinality
                   as i (sender, contact_type, contact_id, msg, client_id, locked, group_conversation, n)
        ), judged as materialized (
            select a.*, k.conversation_id as key_conversation_id, k.seq as key_seq, c.rev, w.slow_mode, w.wait_s,
                   case
                       when k.text_hash = a.text_hash then 'repeated'
                       when length(k.text_hash) = 32                    -- of before 0016
                        and k.text_hash = sha256(convert_to(concat_ws(' ', a.contact_type, a.contact_id, a.msg), 'UTF8'))
                           then 'repeated'
                       when k.text_hash is not null then 'client-id-reused'
                       when a.contact_type = 'group' and mine.is_in is not true then 'not-a-member'
                       when w.refusal is not null then w.refusal
                       when a.contact_type <> 'group' and (
                           select f.conversation_id = coalesce(a.locked, f.conversation_id) from friendship f
                            where a.contact_type = 'single' and f.user_id = a.sender and f.friend_id = a.contact_id
                           ) is not true then 'not-friends'
                       when a.locked is null then 'busy'
                       else 'new'
                   end as verdict
              from asked a
              left join lateral (
                   select x.* from message_key x
                    where x.sender = a.sender and x.client_id = a.client_id offset 0) k on true
              left join lateral (
                   select m.left_rev is null as is_in, m.muted_until > now() as is_muted
                     from membership m
                    where a.contact_type = 'group'
                      and m.conversation_id = a.conversation_id and m.user_id = a.sender offset 0) mine on true
              left join lateral (
                   select x.rev, x.limited from conversation x where x.id = a.locked offset 0) c on true
              left join lateral send_refusal(a.sender, a.conversation_id, c.limited or mine.is_muted) w on true
        ), ranked as materialized (             -- of one key twice in a batch, the first counts
            select j.*, first_value(j.n) over same_key as first_n,
                   first_value(j.text_hash) over same_key as first_hash
              from judged j
            window same_key as (partition by j.sender, j.client_id, j.verdict = 'new' order by j.n)
        ), paced as materialized (              -- in slow mode the first of a sender's, and no more
            select r.*,
                   case when r.slow_mode > 0 and r.verdict = 'new' and exists (
                            select from ranked o
                             where o.sender = r.sender and o.conversation_id = r.conversation_id
                               and o.verdict = 'new' and o.first_n < r.first_n)
                        then 'slow-mode' else r.verdict end as outcome
              from ranked r
        ), numbered as materialized (
            select r.*,
                   case when r.outcome = 'new' and r.n = r.first_n
                        then r.rev + row_number() over together end as seq,
                   lead(r.n) over together is null as is_last
              from paced r
            window together as (
                partition by r.locked, r.outcome = 'new' and r.n = r.first_n order by r.n)
        ), keyed as (
            insert into message_key (sender, client_id, conversation_id, seq, text_hash)
            select x.sender, x.client_id, x.conversation_id, x.seq, x.text_hash
              from numbered x where x.seq is not null order by x.sender, x.client_id
            on conflict do nothing
            returning 1
        ), complete as materialized (
            select (select count(*) from keyed) = (select count(x.seq) from numbered x) as yes
        ), fresh as materialized (
            select x.n, x.conversation_id, x.seq, x.sender, x.msg, x.client_id, x.is_last, x.slow_mode,
                   case when x.contact_type = 'group' and x.msg ~ '[@＠]'
                        then mentions_in(x.conversation_id, x.sender, x.msg) end as mentions
              from numbered x where x.seq is not null and (select c.yes from complete c)
        ), written as (
            insert into message (conversation_id, seq, rev, kind, from_id, msg, client_id, mentions)
            select f.conversation_id, f.seq, f.seq, 'text', f.sender, f.msg, f.client_id, f.mentions from fresh f
        ), counted as (
            update conversation c set rev = f.seq
              from fresh f where f.is_last and c.id = f.conversation_id
        ), slowed as (
            insert into slow_write as s (user_id, conversation_id, wrote_at)
            select f.sender, f.conversation_id, now() from fresh f where f.slow_mode > 0
            on conflict (user_id, conversation_id) do update set wrote_at = excluded.wrote_at
        ), posted as (
            insert into outbox (type, conversation_ids, seqs)
            select 'messages', array_agg(f.conversation_id order by f.n), array_agg(f.seq order by f.n)
              from fresh f having count(*) > 0
            returning id
        ), heard as materialized (
            select f.conversation_id, array(
                       select m.user_id from membership m
                        where m.conversation_id = f.conversation_id and m.left_rev is null) as readers
              from fresh f where f.is_last
        )
        select case when s.ok then coalesce(f.seq, e.seq) end,
               case when s.ok then null when j.outcome = 'new' then 'client-id-reused'
                    else j.outcome end,
               case when s.ok or j.outcome in ('busy', 'slow-mode') then null
                    when j.outcome in ('not-friends', 'not-a-member', 'muted') then 'to'
                    else 'client_id' end,
               case when j.outcome = 'slow-mode' then case when j.wait_s > 0 then j.wait_s else j.slow_mode end end,
               case when j.n = f.n then (select p.id from posted p) end,
               case when j.n = f.n and j.contact_type = 'group' then h.readers end,
               s.name, s.at, s.mentions,
               case when s.ok and j.n is distinct from f.n then json_strip_nulls(json_build_object(
                   'contact_type', j.contact_type, 'contact_id', j.contact_id,
                   'seq', coalesce(f.seq, e.seq), 'rev', coalesce(f.seq, e.rev), 'kind', 'text',
                   'from', j.sender, 'from_name', s.name, 'msg', coalesce(e.msg, j.msg), 'timestamp', s.at,
                   'client_id', j.client_id, 'mentions', s.mentions::json)) end
          from numbered j
          left join fresh f on f.n = j.first_n
          left join heard h on h.conversation_id = f.conversation_id
          left join lateral (
               select x.* from message x
                where x.conversation_id = j.key_conversation_id and x.seq = j.key_seq
                  and j.outcome = 'repeated' offset 0) e on true
         cross join lateral (
               select o.ok,
                      case when o.ok then (select a.name from account a where a.id = j.sender) end as name,
                      case when o.ok then rfc3339(coalesce(e.created_at, now())) end as at,
                      case when o.ok then mentions_shown(coalesce(e.kind, 'text'), coalesce(f.mentions, e.mentions)) end as mentions
                 from (select j.outcome = 'repeated' or j.outcome = 'new' and j.text_hash = j.first_hash as ok) o
               ) s
         where (select c.yes from complete c)
         order by j.n;
        if found then
            return;
        end if;
    end loop;

    return query
    select null::int8, 'busy', null::text, null::int, null::int8, null::int8[], null::text, null::text, null::text, null::json
      from unnest(p_sender);
end
$$;
