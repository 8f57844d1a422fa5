-- admit_column(function, column, type): drops a function, given with the types of its parameters, whose rows have no
-- such column, or have it of another type: `create or replace` can't add one. Said in the file of the function, before
-- that; workers find columns by their names, and prepare anew. A helper of sql/migrate.
drop function if exists admit_column(text, text);
create or replace function admit_column(p_function text, p_column text, p_type regtype default null) returns void
language plpgsql
as $$
begin
    if exists (select from pg_proc p
                where p.oid = to_regprocedure(p_function) and not exists (
                      select from unnest(p.proargnames, p.proallargtypes) as a (name, type)
                       where a.name = p_column and a.type = coalesce(p_type, a.type))) then
        execute format('drop function %s', to_regprocedure(p_function));
    end if;
end
$$;
