-- user_event(user, type, members): gives the user's next me_rev to an event that concerns this
-- user and no conversation, and puts it into the outbox. Returns the outbox row's id.
-- A helper. Locks the account's row until the end of the transaction: call it for several users
-- in the order of their ids, or after having locked them so.
create or replace function user_event(p_user int8, p_type text, p_members jsonb) returns int8
language plpgsql
as $$
declare
    v_me_rev int8;
    v_id     int8;
begin
    update account a set me_rev = a.me_rev + 1 where a.id = p_user returning a.me_rev into v_me_rev;
    insert into outbox (type, user_id, event)
    values (p_type, p_user,
            jsonb_build_object('type', p_type, 'me_rev', v_me_rev) || p_members)
    returning id into v_id;
    return v_id;
end
$$;
