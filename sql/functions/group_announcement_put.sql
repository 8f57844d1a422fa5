-- group_announcement_put(conversation, by, text): what is on top of a group from now on, unread by each until
-- seen ('': nothing), and the notice of it. Its author has a key of it, as of a message, by which
-- messages_recall finds it. Returns the outbox row's id. A helper of group_announce and account_delete, which
-- have locked the conversation. Writes chat_group, conversation, message, message_key, outbox.
create or replace function group_announcement_put(p_conversation int8, p_by int8, p_text text) returns int8
language plpgsql
as $$
declare
    v_notice record;
begin
    select * into v_notice from group_notice(p_conversation,
        case p_text when '' then 'announcement-removed' else 'announcement' end, p_by, null,
        case p_text when '' then '{}' else jsonb_build_object('text', p_text) end);
    update chat_group g
       set announcement = p_text, announcement_by = p_by, announcement_at = now(), announcement_seq = v_notice.seq
      from conversation c where c.id = p_conversation and g.id = c.group_id;
    if p_text <> '' then
        insert into message_key (sender, client_id, conversation_id, seq, text_hash)
        values (p_by, gen_random_uuid(), p_conversation, v_notice.seq, '');
    end if;
    return v_notice.outbox_id;
end
$$;
