-- group_avatar_change(me, group, picture): the group's picture from now on; null: none. The one before is
-- deleted.
-- Problems: not-found, not-allowed (group_refusal).
-- avatar: the new one's id. outbox: the notice, which has it, too, so that 500 members needn't ask; none where
-- there was no picture, and is none.
-- Writes avatar, chat_group, conversation, message.
create or replace function group_avatar_change(p_me int8, p_group int8, p_picture bytea)
returns table (problem text, field text, avatar uuid, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_mine record;
    v_old  uuid;
begin
    select * into v_mine from group_enter(p_me, p_group, 'change-avatar');
    problem := v_mine.problem;
    if problem is null then
        select g.avatar_id into v_old from chat_group g where g.id = p_group;
        avatar := avatar_put(p_picture);
        outbox := '{}';
        if avatar is distinct from v_old then
            update chat_group g set avatar_id = avatar where g.id = p_group;
            delete from avatar v where v.id = v_old;
            outbox := array(select n.outbox_id from group_notice(v_mine.conversation_id, 'group-avatar', p_me, null,
                jsonb_strip_nulls(jsonb_build_object('avatar', avatar))) n);
        end if;
    end if;
    return next;
end
$$;
