-- catch_up(me, have_type, have_id, have_rev): all that a reader must know, given what it has.
-- Rows, by `what`:
--   'me'       contact_id, name, username, rev (the user's own counter)
--   'contact'  one for each conversation that I am or was in; m_*: its last entry that I may see; of a
--              friend what I call him or her, and the list (0: the default one); more: see contact_more
--              friend what I call him or her, and the list (0: the default one); of a person, also
--              one who is a friend no more, the user name (null of a deleted account)
--   'change'   one for each of `have` that has moved: rev, and reset (drop what you have of it)
--              or gone (I never was in it), followed by its messages
--   'message'  m_*: an entry of the change before, in the order of `rev`
-- Nothing for an account that was deleted.
-- 500 messages at most in all: a conversation with more than is left of that is reset.
-- STABLE: all is read from one snapshot. Reads account, membership, past_membership,
-- conversation, chat_group, friendship, message.
-- (It had no `more` before migration 0007. Workers find columns by their names, and prepare anew.)
do $$
begin
    if exists (select from pg_proc p
                where p.oid = to_regprocedure('catch_up(int8, text[], int8[], int8[])')
                  and p.proargnames @> '{what}' and not p.proargnames @> '{more}')
    then
        drop function catch_up(int8, text[], int8[], int8[]);
    end if;
end
$$;
create or replace function catch_up(p_me int8, p_have_type text[], p_have_id int8[], p_have_rev int8[])
returns table (
    what text, contact_type text, contact_id int8, name text, username text, rev int8,
    read_seq int8, unread int8, ended bool, reset bool, gone bool, remark text, list_id int8, more jsonb,
    m_seq int8, m_rev int8, m_kind text, m_from_id int8, m_from_name text, m_msg text,
    m_timestamp text, m_client_id text, m_notice text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_left    int := 500;
    v_have    record;
    v_contact record;
    v_count   int;
begin
    return query
    select 'me', null::text, a.id, a.name, a.username, a.me_rev, null::int8, null::int8,
           null::bool, null::bool, null::bool, null::text, null::int8, null::jsonb,
           null::int8, null::int8, null::text, null::int8, null::text, null::text, null::text, null::text, null::text
      from account a where a.id = p_me and a.deleted_at is null;
    if not found then
        return;
    end if;

    return query
    select 'contact', c.contact_type, c.contact_id, coalesce(g.name, friend.name), friend.username, c.rev,
           c.read_seq, u.unread,
           case c.contact_type when 'group' then c.left_rev is not null else f.user_id is null end,
           null::bool, null::bool, f.remark, case when f.user_id is not null then coalesce(f.list_id, 0) end,
           v.more,
           l.seq, l.rev, l.kind, l.from_id, author.name, l.msg,
           rfc3339(l.created_at), l.client_id::text, notice_shown(l.notice)
      from contact_rows(p_me) c
      left join chat_group g on c.contact_type = 'group' and g.id = c.contact_id
      left join account friend on c.contact_type = 'single' and friend.id = c.contact_id
      left join friendship f on c.contact_type = 'single' and f.user_id = p_me
            and f.friend_id = c.contact_id
     cross join lateral unread_of(p_me, c.conversation_id, c.read_seq) u
     cross join lateral contact_more(p_me, c.conversation_id, c.contact_type, c.contact_id) v
      left join lateral newest_of(p_me, c.conversation_id) l on true
      left join account author on author.id = l.from_id
     order by c.contact_type, c.contact_id;

    for v_have in
        select distinct on (h.contact_type, h.contact_id) h.*
          from unnest(p_have_type, p_have_id, p_have_rev) as h (contact_type, contact_id, rev)
         order by h.contact_type, h.contact_id, h.rev
    loop
        what := 'change';
        contact_type := v_have.contact_type;
        contact_id := v_have.contact_id;
        select * into v_contact from contact_row(p_me, v_have.contact_type, v_have.contact_id);
        gone := not found;
        rev := v_contact.rev;
        continue when rev = v_have.rev;
        v_count := 0;
        reset := not gone and (v_have.rev > rev or v_have.rev < 0);
        if not gone and not reset then
            v_count := (select count(*)
                          from changed_of(p_me, v_contact.conversation_id, v_have.rev, v_left + 1));
            reset := v_count > v_left;
        end if;
        return next;
        continue when gone or reset;
        v_left := v_left - v_count;
        return query
        select 'message', v_have.contact_type, v_have.contact_id, null::text, null::text, null::int8,
               null::int8, null::int8, null::bool, null::bool, null::bool, null::text, null::int8, null::jsonb,
               m.seq, m.rev, m.kind, m.from_id, a.name, m.msg, rfc3339(m.created_at), m.client_id::text, notice_shown(m.notice)
          from changed_of(p_me, v_contact.conversation_id, v_have.rev, v_count) m
          join account a on a.id = m.from_id
         order by m.rev;
    end loop;
end
$$;
