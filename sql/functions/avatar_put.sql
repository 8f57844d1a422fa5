-- avatar_put(picture): keeps a picture; returns its id, null where it is null. A helper; the caller writes
-- the id where it belongs, and deletes the picture that was there before. Writes avatar.
create or replace function avatar_put(p_picture bytea) returns uuid
language sql
as $$
    insert into avatar (picture) select p_picture where p_picture is not null returning id
$$;
