-- group_changed(conversation, by, old): notices of what is another thing in the group now than in the row
-- `old`, and the conversation's mark of it. Returns the outbox rows' ids. A helper; the caller has
-- locked the conversation. Reads chat_group; writes conversation, membership, message.
create or replace function group_changed(p_conversation int8, p_by int8, p_old chat_group) returns int8[]
language plpgsql
as $$
declare
    v_new      chat_group;
    v_settings jsonb;
    v_outbox   int8[] := '{}';
begin
    select * into v_new from chat_group g where g.id = p_old.id;
    update conversation c set limited = v_new.muted or v_new.slow_mode > 0
     where c.id = p_conversation and c.limited <> (v_new.muted or v_new.slow_mode > 0);
    if v_new.name <> p_old.name then
        -- Who has left goes on knowing the group by the name that it had then.
        update membership m set group_name = p_old.name
         where m.conversation_id = p_conversation and m.left_rev is not null and m.group_name is null;
        v_outbox := v_outbox || (select n.outbox_id from group_notice(p_conversation, 'group-renamed', p_by, null,
            jsonb_build_object('name', v_new.name)) n);
    end if;
    if v_new.description <> p_old.description then
        v_outbox := v_outbox || (select n.outbox_id from group_notice(p_conversation, 'group-described', p_by, null) n);
    end if;
    v_settings := (
        select jsonb_object_agg(n.key, n.value)
          from jsonb_each(to_jsonb(v_new)) n
         where n.key in ('max_members', 'visibility', 'joining', 'who_invites', 'history', 'slow_mode', 'muted')
           and n.value <> to_jsonb(p_old) -> n.key);
    if v_settings is not null then
        v_outbox := v_outbox || (select n.outbox_id from group_notice(p_conversation, 'group-settings', p_by, null,
            jsonb_build_object('settings', v_settings)) n);
    end if;
    return v_outbox;
end
$$;
