-- member_standing(role, muted_until, group_muted): the standing of one who is in a group now. An admin
-- whom the owner has muted is as any other muted member for that time. A helper, inlined.
create or replace function member_standing(p_role text, p_muted_until timestamptz, p_group_muted bool) returns text
language sql stable
as $$
    select case when p_muted_until > now() then 'muted'
                when p_group_muted and p_role = 'member' then 'muted'
                else p_role end
$$;
