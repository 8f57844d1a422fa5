-- password_change(me, session, old_hash, new_hash): a new password; ends all my sessions but
-- `session`. old_hash is the one that the old password was compared with.
-- Problems: bad-password (old): it was changed since.
-- outbox: the ends of the sessions; ended: their token hashes (see sessions_drop). Writes account,
-- session, outbox.
create or replace function password_change(p_me int8, p_session int8, p_old_hash text, p_new_hash text)
returns table (problem text, field text, outbox int8[], ended text)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    update account a set password_hash = p_new_hash
     where a.id = p_me and a.password_hash = p_old_hash and a.deleted_at is null;
    if not found then
        problem := 'bad-password';
        field := 'old';
    else
        select d.outbox, d.ended into outbox, ended from sessions_drop(p_me, null, p_session) d;
    end if;
    return next;
end
$$;
