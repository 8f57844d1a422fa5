-- message_hash(contact_type, contact_id, msg): what tells whether a repeated client_id came with
-- the same receiver and text as before. A helper of send_batch, inlined.
create or replace function message_hash(p_contact_type text, p_contact_id int8, p_msg text) returns bytea
language sql stable parallel safe
as $$
    select sha256(convert_to(concat_ws(' ', p_contact_type, p_contact_id, p_msg), 'UTF8'))
$$;
