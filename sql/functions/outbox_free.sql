-- outbox_free(holder, leased_until, alive): whether the caller may take a row of the outbox: nobody
-- has it, or the caller, or a worker that is dead. `alive` are the workers that aren't (see
-- workers_alive). What is leased is left alone for that long, also by its holder: this is the
-- back-off. A helper, inlined.
create or replace function outbox_free(p_holder text, p_leased_until timestamptz, p_alive text[]) returns bool
language sql stable
as $$
    select case when p_holder is null or p_holder = current_setting('application_name')
                then not outbox_leased(p_leased_until)
                else p_holder <> all (p_alive) end
$$;
