-- account_register(username, name, password_hash, token_hash, lifetime_s, user_agent,
-- old_token_hash, address): a new account with a session; ends the session that the request came
-- with (old_token_hash may be null).
-- Problems: username-taken (username): somebody's, or kept since its account was deleted. Of many
-- at once for one name, one succeeds.
-- outbox: the end of the old session. Writes account, session, outbox, kept_username.
drop function if exists account_register(text, text, text, bytea, int, text, bytea);
create or replace function account_register(
    p_username text, p_name text, p_password_hash text, p_token_hash bytea, p_lifetime_s int,
    p_user_agent text, p_old_token_hash bytea, p_address text default null)
returns table (problem text, field text, user_id int8, session_id int8, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    delete from kept_username k where k.username = p_username and k.free_at <= now();
    if not exists (select from kept_username k where k.username = p_username) then
        insert into account as a (username, name, password_hash)
        values (p_username, p_name, p_password_hash)
        on conflict (username) do nothing
        returning a.id into user_id;
    end if;
    -- Asked after the insert, too: that waits for whoever is just deleting the account of this name.
    -- Not only then, since taking an account back goes through all tables that refer to one.
    if user_id is not null and exists (select from kept_username k where k.username = p_username) then
        delete from account a where a.id = user_id;
        user_id := null;
    end if;
    if user_id is null then
        problem := 'username-taken';
        field := 'username';
    else
        outbox := session_drop(p_old_token_hash);
        session_id := session_add(user_id, p_token_hash, p_lifetime_s, p_user_agent, p_address);
    end if;
    return next;
end
$$;
