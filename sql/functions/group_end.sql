-- group_end(group): there is nobody in it any longer, and nobody comes in: its name is free. A helper; the
-- caller has locked the conversation. Writes chat_group.
create or replace function group_end(p_group int8) returns void
language sql
as $$
    update chat_group g set dissolved_at = now(), name_key = null, visibility = 'private' where g.id = p_group
$$;
