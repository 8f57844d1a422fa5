-- group_member(user, group): is the user in the group now? A helper; see standing_in.
create or replace function group_member(p_user int8, p_group int8) returns bool
language sql stable
as $$
    select exists (select from standing_in(p_user, p_group) s where s.role is not null)
$$;
