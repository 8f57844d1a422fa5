-- group_refusal(action, standing): why one of that standing may not do that in a group: null where it may;
-- 'not-allowed' for one who is in it; 'not-found' for all others, and for a group that isn't there
-- (standing is null). A helper, inlined. Reads permission.
create or replace function group_refusal(p_action text, p_standing text) returns text
language sql stable
as $$
    select case when may(p_action, p_standing) then null
                when p_standing in ('owner', 'admin', 'member', 'muted') then 'not-allowed'
                else 'not-found' end
$$;
