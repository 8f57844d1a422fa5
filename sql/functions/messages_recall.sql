-- messages_recall(user): empties all that the user wrote, and announced: each entry stays, of the kind
-- 'recalled', and takes a new number of its conversation. One event for each conversation, with the last of
-- these numbers: whoever hears it sees a hole, and asks for the rest. Returns the outbox rows' ids.
-- A helper of account_delete, which has locked all conversations that the user was ever in. Reads
-- message_key, the one index of what somebody wrote, and empties it, since it knows the texts'
-- hashes; writes message, conversation, outbox.
create or replace function messages_recall(p_user int8) returns int8[]
language sql
as $$
    with mine as materialized (
        delete from message_key k where k.sender = p_user returning k.conversation_id, k.seq, k.client_id
    ), numbered as materialized (
        select m.conversation_id, m.seq, k.client_id,
               c.rev + row_number() over (partition by m.conversation_id order by m.seq) as rev
          from mine k
          join message m on m.conversation_id = k.conversation_id and m.seq = k.seq and m.kind <> 'recalled'
          join conversation c on c.id = m.conversation_id
    ), emptied as (
        update message m set kind = 'recalled', msg = '', notice = null, mentions = null, client_id = n.client_id, rev = n.rev
          from numbered n where m.conversation_id = n.conversation_id and m.seq = n.seq
    ), last as materialized (
        select distinct on (n.conversation_id) n.* from numbered n order by n.conversation_id, n.rev desc
    ), counted as (
        update conversation c set rev = l.rev from last l where c.id = l.conversation_id
    ), posted as (
        insert into outbox (type, conversation_id, seq)
        select 'recall', l.conversation_id, l.seq from last l
        returning id
    )
    select coalesce(array_agg(p.id), '{}') from posted p
$$;
