-- group_refused(me, group, action): why I may not do that in a group; null where I may. A helper: see group_refusal.
create or replace function group_refused(p_me int8, p_group int8, p_action text) returns text
language sql stable
as $$
    select group_refusal(p_action, (select s.standing from standing_in(p_me, p_group) s))
$$;
