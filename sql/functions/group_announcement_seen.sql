-- group_announcement_seen(me, group): I have seen the announcement that there is now.
-- Problems: not-found (group_refusal). outbox: my event; none where I had. Reads chat_group; writes
-- membership: my own row alone, so that the conversation needn't be locked.
create or replace function group_announcement_seen(p_me int8, p_group int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from standing_in(p_me, p_group);
    problem := group_refusal('see-group', v_mine.standing);
    if problem is null then
        outbox := '{}';
        update membership m set announcement_seen = g.announcement_seq
          from chat_group g
         where g.id = p_group and g.announcement <> '' and m.conversation_id = v_mine.conversation_id
           and m.user_id = p_me and m.left_rev is null and m.announcement_seen < g.announcement_seq;
        if found then
            outbox := array[group_event(p_me, p_group, false)];
        end if;
    end if;
    return next;
end
$$;
