-- group_change(me, group, name, name_key, description, max_members, visibility, joining, who_invites,
-- history, slow_mode, muted): gives the group another name, description or settings; null is what stays.
-- Problems: not-found, not-allowed (group_refusal); too-few-places (max_members): more are in it;
-- group-name-taken (name).
-- outbox: a notice each for a new name, a new description, and for settings; none for what was so
-- before. Writes chat_group, conversation, membership, message.
create or replace function group_change(
    p_me int8, p_group int8, p_name text, p_name_key text, p_description text, p_max_members int,
    p_visibility text, p_joining text, p_who_invites text, p_history text, p_slow_mode int, p_muted bool)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
    v_old  chat_group;
begin
    select * into v_mine from group_enter(p_me, p_group, 'change-group');
    select * into v_old from chat_group g where g.id = p_group;
    if v_mine.problem is not null then
        problem := v_mine.problem;
    elsif p_max_members < v_old.max_members and p_max_members < (
        select count(*) from membership m where m.conversation_id = v_mine.conversation_id and m.left_rev is null)
    then
        problem := 'too-few-places';
        field := 'max_members';
    elsif not group_rename(p_group, p_name, p_name_key) then
        problem := 'group-name-taken';
        field := 'name';
    else
        update chat_group g
           set description = coalesce(p_description, g.description),
               max_members = coalesce(p_max_members, g.max_members),
               visibility = coalesce(p_visibility, g.visibility),
               joining = coalesce(p_joining, g.joining),
               who_invites = coalesce(p_who_invites, g.who_invites),
               history = coalesce(p_history, g.history),
               slow_mode = coalesce(p_slow_mode, g.slow_mode),
               muted = coalesce(p_muted, g.muted)
         where g.id = p_group;
        outbox := group_changed(v_mine.conversation_id, p_me, v_old);
    end if;
    return next;
end
$$;
