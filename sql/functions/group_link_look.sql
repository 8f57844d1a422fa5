-- group_link_look(me, token_hash): where a link leads: the group's card, as JSON. Problems: not-found (group_link_good).
create or replace function group_link_look(p_me int8, p_token_hash bytea)
returns table (problem text, field text, card jsonb)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
begin
    select group_card(l.group_id, p_me) into card from group_link_good(p_me, p_token_hash) l;
    if not found then
        problem := 'not-found';
    end if;
    return next;
end
$$;
