-- group_member_mute(conversation, by, user, mute_for): keeps a member from writing for so many seconds, by a
-- notice; 0: no longer. Returns the outbox rows' ids: none where 0 changes nothing, or mute_for is null. A
-- helper of group_member_change. Writes membership, conversation, message.
create or replace function group_member_mute(p_conversation int8, p_by int8, p_user int8, p_mute_for int) returns int8[]
language plpgsql
as $$
declare
    v_until timestamptz := case when p_mute_for > 0 then now() + make_interval(secs => p_mute_for) end;
begin
    update membership m set muted_until = v_until
     where m.conversation_id = p_conversation and m.user_id = p_user
       and (p_mute_for > 0 or p_mute_for = 0 and m.muted_until > now());
    if not found then
        return '{}';
    end if;
    return array(select n.outbox_id from group_notice(p_conversation,
        case p_mute_for when 0 then 'member-unmuted' else 'member-muted' end, p_by, p_user,
        jsonb_strip_nulls(jsonb_build_object('until', rfc3339(v_until)))) n);
end
$$;
