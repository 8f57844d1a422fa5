-- contact_more(user, conversation, contact_type, contact_id): what a contact has beyond that which
-- catch_up has columns for. The worker writes these members as they are, so another one is a matter of
-- this function alone; none may have the name of one that the worker writes itself. A helper, inlined.
create or replace function contact_more(
    p_user int8, p_conversation int8, p_contact_type text, p_contact_id int8)
returns table (more jsonb)
language sql stable
as $$
    select v.view from view_of(p_user, p_conversation) v
$$;
