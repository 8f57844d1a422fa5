-- contact_more(membership, avatar, mentioned): what a contact has beyond that which catch_up has columns for. The
-- worker writes these members as they are, so another one is a matter of this function alone; none may
-- have the name of one that the worker writes itself. A helper, inlined.
drop function if exists contact_more(int8, int8, text, int8);
select admit_column('contact_more(membership, uuid, int8)', 'more', 'json');
create or replace function contact_more(p_mine membership, p_avatar uuid, p_mentioned int8)
returns table (more json)
language sql stable
as $$
    select v.view from view_of(p_mine, p_avatar, p_mentioned) v
$$;
