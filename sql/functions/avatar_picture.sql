-- avatar_picture(id): the picture as WebP; no row for an unknown id, or one that was replaced.
-- Reads avatar.
create or replace function avatar_picture(p_id uuid) returns table (picture bytea)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select v.picture from avatar v where v.id = p_id
$$;
