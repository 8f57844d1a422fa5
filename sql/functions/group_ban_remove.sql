-- group_ban_remove(me, group, user): the user may come into this group again, and isn't in it.
-- Problems: not-found (I am not in the group; the user isn't banned), not-allowed.
-- outbox: the notice. Writes group_ban, conversation, message.
create or replace function group_ban_remove(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from group_enter(p_me, p_group, 'ban');
    problem := v_mine.problem;
    if problem is null then
        delete from group_ban b where b.group_id = p_group and b.user_id = p_user;
        if found then
            outbox := array(select n.outbox_id
                              from group_notice(v_mine.conversation_id, 'member-unbanned', p_me, p_user) n);
        else
            problem := 'not-found';
        end if;
    end if;
    return next;
end
$$;
