-- admit_column(function, column): drops a function, given with the types of its parameters, whose rows have no
-- such column: `create or replace` can't add one. Said in the file of the function, before that; workers find
-- columns by their names, and prepare anew. A helper of sql/migrate.
create or replace function admit_column(p_function text, p_column text) returns void
language plpgsql
as $$
begin
    if exists (select from pg_proc p
                where p.oid = to_regprocedure(p_function) and not p.proargnames @> array[p_column]) then
        execute format('drop function %s', to_regprocedure(p_function));
    end if;
end
$$;
