-- group_rename(group, name, name_key): false where another group has that name. Of many at once for one
-- name, one succeeds. Without a name (null), or with the one that it has, nothing is done. A helper. Writes
-- chat_group.
create or replace function group_rename(p_group int8, p_name text, p_name_key text) returns bool
language plpgsql
as $$
begin
    update chat_group g set name = p_name, name_key = p_name_key where g.id = p_group and g.name <> p_name;
    return true;
exception when unique_violation then
    return false;
end
$$;
