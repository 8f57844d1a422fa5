-- send_messages(sender, contact_type, contact_id, msg, client_id): sends all these messages; five
-- arrays of one length, in order of arrival. One row for each, in that order.
--
-- problem is null for what is committed. A new message has the number seq, which is its rev too, and what else
-- the caller doesn't know of it; the new ones share one row of the outbox, and those of groups have their readers.
-- One that was committed before, under the same sender and client_id, is there as `message`, as it is now and as the
-- sender sees it. Otherwise nothing was stored of that one:
--   not-friends, not-a-member (to)   unknown, no friend or oneself; not in the group
--   muted (to)                       by name, or as all but the admins
--   slow-mode                        retry_after_s tells when the next may come
--   client-id-reused (client_id)     this key was given with another text or receiver
--   busy                             its conversation is locked elsewhere: try again
--
-- This is the short way: each may be sent (nobody needs to be asked whether an owner, admin or member may, where
-- none is muted), each key is new, and nobody is mentioned. Else send_each goes on with what is found and locked here,
-- says what is so of each, and takes back keys that this has left. The order matters: each statement sees what was
-- committed before it.
--   1. the conversations that the senders may write in, and their locks: without waiting, so in any
--      order; nobody locks a conversation that isn't the sender's
--   2. numbers in order of arrival
--   3. who may, now that it is certain, and the keys, sorted: unsorted, two such statements could deadlock
--
-- What a statement begins with is dearer than a message in it: the more nodes, and columns of each, the more. So what a
-- batch needs seldom isn't in its plans, but in another statement or function, and rows that were found once are found
-- again by their place (ctid). One that has moved meanwhile isn't there, and sends the batch the other way. (Never by a scan:
-- of a small table it looks cheap, and compares each row with each place.)
--
-- Reads account, friendship, membership; writes message_key, message, conversation, outbox.
create or replace function send_messages(
    p_sender int8[], p_contact_type text[], p_contact_id int8[], p_msg text[], p_client_id uuid[])
returns table (
    seq int8, problem text, field text, retry_after_s int, outbox_id int8, readers int8[],
    from_name text, "timestamp" text, mentions text, message json)
language plpgsql security definer
set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_group   int8[];                           -- of a group's message its conversation; null: of others, or not in it,
    v_member  tid[];                            -- and the sender's row of membership
    v_names   bool;                             -- one of them might mention somebody
    v_locked  int8[];                           -- of each message the conversation, if it is ours now,
    v_place   tid[];                            -- its row,
    v_may     tid[];                            -- the row by which the sender may write in it,
    v_seq     int8[];                           -- and the message's number
    v_all     bool;                             -- all are ours, and each member may write there
    v_many    int8;                             -- how many conversations
    v_count   int8;
    v_outbox  int8;
    v_now     text;
begin
    if coalesce(cardinality(p_sender), 0) = 0 then
        return;
    end if;

    if 'group' = any (p_contact_type) then
        select array_agg(l.id), array_agg(l.member), bool_or(l.names)
          into v_group, v_member, v_names
          from (select k.id, k.member, i.contact_type = 'group' and i.msg ~ '[@＠]' as names
                  from unnest(p_sender, p_contact_type, p_contact_id, p_msg)
                       with ordinality as i (sender, contact_type, contact_id, msg, n)
                  left join lateral (
                       select m.conversation_id as id, m.ctid as member
                         from conversation g join membership m on m.conversation_id = g.id
                        where i.contact_type = 'group' and g.group_id = i.contact_id and m.user_id = i.sender
                          and m.left_rev is null offset 0) k on true
                 order by i.n) l;
    end if;

    select array_agg(l.id), array_agg(l.place), array_agg(l.may), array_agg(l.rev + 1),
           count(l.id) = count(*) and not bool_or(l.limited), count(distinct l.id)
      into v_locked, v_place, v_may, v_seq, v_all, v_many
      from (select c.id, c.place, coalesce(k.friend, i.member) as may, c.rev, c.limited
              from unnest(p_sender, p_contact_type, p_contact_id, v_group, v_member)
                   with ordinality as i (sender, contact_type, contact_id, id, member, n)
              left join lateral (
                   select f.conversation_id as id, f.ctid as friend from friendship f
                    where i.contact_type = 'single' and f.user_id = i.sender and f.friend_id = i.contact_id offset 0) k on true
              left join lateral (
                   select c.id, c.ctid as place, c.rev, c.limited from conversation c where c.id = coalesce(k.id, i.id)
                      for no key update of c skip locked) c on true
             order by i.n) l;
    <<short>>
    begin
        exit short when v_all is not true or v_names;
        if v_many < cardinality(p_sender) then
            v_seq := array(select l.seq + row_number() over (partition by l.id order by l.n) - 1
                             from unnest(v_locked, v_seq) with ordinality as l (id, seq, n) order by l.n);
        end if;

        insert into message_key (sender, client_id, conversation_id, seq, text_hash)
        select i.sender, i.client_id, i.conversation_id, i.seq, message_hash(i.contact_type, i.contact_id, i.msg)
          from (select unnest(p_sender) as sender, unnest(p_client_id) as client_id, unnest(v_locked) as conversation_id,
                       unnest(v_seq) as seq, unnest(p_contact_type) as contact_type, unnest(p_contact_id) as contact_id,
                       unnest(p_msg) as msg, unnest(v_may) as may) i
         where case i.contact_type
                   when 'single' then (
                       select f.conversation_id = i.conversation_id from friendship f
                        where f.ctid = i.may and f.user_id = i.sender and f.friend_id = i.contact_id)
                   else (
                       select m.left_rev is null and (m.muted_until is null or m.muted_until <= now())
                         from membership m
                        where m.ctid = i.may and m.conversation_id = i.conversation_id and m.user_id = i.sender)
               end
         order by i.sender, i.client_id
            on conflict do nothing;
        get diagnostics v_count = row_count;
        exit short when v_count < cardinality(p_sender);

        if v_many = cardinality(p_sender) then
            update conversation c set rev = c.rev + 1 where c.ctid = any (v_place);
        else
            update conversation c set rev = l.seq
              from (select i.place, max(i.seq) as seq from unnest(v_place, v_seq) as i (place, seq) group by i.place) l
             where c.ctid = l.place;
        end if;
        get diagnostics v_count = row_count;
        assert v_count = v_many, 'what is locked stays in its place';
        insert into outbox (type, conversation_ids, seqs) values ('messages', v_locked, v_seq) returning id into v_outbox;
        v_now := rfc3339(now());
        return query
        insert into message as e (conversation_id, seq, rev, kind, from_id, msg, client_id)
        select unnest(v_locked), unnest(v_seq), unnest(v_seq), 'text', unnest(p_sender), unnest(p_msg), unnest(p_client_id)
        returning e.seq, null::text, null::text, null::int, v_outbox,
                  case when e.conversation_id = any (v_group) then member_ids(e.conversation_id) end,
                  (select a.name from account a where a.id = e.from_id), v_now, null::text, null::json;
        return;
    end;
    return query select * from send_each(p_sender, p_contact_type, p_contact_id, p_msg, p_client_id, v_locked, v_group, v_count > 0);
end
$$;
