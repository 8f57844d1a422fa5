-- message_hash(contact_type, contact_id, msg): what tells whether a repeated client_id came with
-- the same receiver and text as before. Whoever finds two texts with the same one can only repeat the own first message, so
-- it need not be one that nobody can invert: SHA-256 took a tenth of what PostgreSQL does for a message. A helper of
-- send_messages and send_each, inlined.
create or replace function message_hash(p_contact_type text, p_contact_id int8, p_msg text) returns bytea
language sql stable parallel safe
as $$
    select int8send(hashtextextended(p_msg, case p_contact_type when 'group' then ~ p_contact_id else p_contact_id end))
$$;
