-- friend_request_answer(me, request, accept, remark, remark_key, list): accepts or rejects a request
-- made to me; the last three are what I call the friend, that folded, and the list that the friend
-- comes into (0: the default one). Accepting again what made the friendship that still is has the same
-- result and does nothing.
-- Problems: not-found: unknown, made by me or to another, answered already, or too old; not-found
-- (list_id): no list of mine.
-- outbox: the events for both. Writes friend_request and, when it accepts, friendship,
-- conversation, membership. (The defaults are for a worker of before migration 0006.)
drop function if exists friend_request_answer(int8, int8, bool);
create or replace function friend_request_answer(p_me int8, p_request int8, p_accept bool,
    p_remark text default '', p_remark_key text default '', p_list int8 default 0)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_from  int8;
    v_state text;
begin
    select r.from_id into v_from from friend_request r where r.id = p_request and r.to_id = p_me;
    if found then
        perform lock_accounts(v_from, p_me);
        select case when r.state = 'open' and not friend_request_current(r.created_at) then 'expired'
                    else r.state end
          into v_state from friend_request r where r.id = p_request;
    end if;
    if v_state = 'open' and p_accept and p_list <> 0 and
        not exists (select from friend_list l where l.user_id = p_me and l.id = p_list)
    then
        problem := 'not-found';
        field := 'list_id';
    elsif v_state = 'open' and p_accept then
        outbox := friend_request_accept(p_request, p_remark, p_remark_key, nullif(p_list, 0));
    elsif v_state = 'open' then
        outbox := friend_request_close(p_request, 'rejected');
    elsif v_state = 'accepted' and p_accept and
        exists (select from friendship f where f.user_id = p_me and f.friend_id = v_from)
    then
        outbox := '{}';
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
