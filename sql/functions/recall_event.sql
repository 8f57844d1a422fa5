-- recall_event(conversation, seq): the event that tells of an entry which was recalled, complete, as
-- its readers see it: of a one-to-one conversation that is the other of the two, for the author's
-- account is gone. A helper of outbox_rows; reads message, conversation, account.
-- (plpgsql, so that it costs the plan of outbox_rows nothing where there is no such row.)
create or replace function recall_event(p_conversation int8, p_seq int8) returns text
language plpgsql stable
as $$
begin
    return (
        select jsonb_build_object('type', 'recall', 'message', jsonb_build_object(
                   'contact_type', c.kind, 'contact_id', coalesce(c.group_id, m.from_id),
                   'seq', m.seq, 'rev', m.rev, 'kind', m.kind, 'from', m.from_id, 'from_name', a.name,
                   'msg', m.msg, 'timestamp', rfc3339(m.created_at), 'client_id', m.client_id))
          from message m
          join conversation c on c.id = m.conversation_id
          join account a on a.id = m.from_id
         where m.conversation_id = p_conversation and m.seq = p_seq);
end
$$;
