-- may(action, standing): whether one of that standing may do that (see permissions_load). False for an
-- action that nobody may, and for no standing. A helper. Reads permission.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function may(p_action text, p_standing text) returns bool
language plpgsql stable
as $$
begin
    return exists (select from permission p where p.action = p_action and p.standing = p_standing);
end
$$;
