-- history(me, contact_type, contact_id, before, after_rev, max): a page of a conversation.
-- Without after_rev: the newest entries, or those with a seq below `before`, oldest first. With
-- after_rev: what changed since, in the order of `rev`. max is 1 to 200.
-- One row for each entry, or one without an entry. more: there are further ones in that
-- direction. complete_rev: the number up to which the answer is complete for me; that of the
-- last entry where more of after_rev is to come. What was recalled after I had left has a number
-- beyond that of my leaving, which stays the last that I may know: a page that has come so far is the last one,
-- or whoever goes on from there would get it again for ever.
-- Problems: not-found (contact_id): I never was in it, or there is none.
-- STABLE: all is read from one snapshot. Reads conversation, membership, message, account.
drop function if exists history(int8, text, int8, int8, int8, int);     -- of before 0013: one column less
create or replace function history(
    p_me int8, p_contact_type text, p_contact_id int8, p_before int8, p_after_rev int8, p_max int)
returns table (
    problem text, field text, more bool, complete_rev int8,
    contact_type text, contact_id int8, seq int8, rev int8, kind text, from_id int8, from_name text,
    msg text, "timestamp" text, client_id text, notice text, mentions text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_max     int := least(greatest(coalesce(p_max, 50), 1), 200);
    v_contact record;
begin
    select * into v_contact from contact_row(p_me, p_contact_type, p_contact_id);
    if not found then
        problem := 'not-found';
        field := 'contact_id';
        return next;
    elsif p_after_rev is null then
        return query
        with page as (
            select m.*, row_number() over (order by m.seq desc) as place
              from spans_of(p_me, v_contact.conversation_id) s
             cross join lateral (
                   select x.* from message x
                    where x.conversation_id = v_contact.conversation_id
                      and x.seq >= s.first_seq and x.seq <= s.last_seq
                      and x.seq < coalesce(p_before, 9223372036854775807)
                    order by x.seq desc limit v_max + 1) m
             order by m.seq desc limit v_max + 1
        )
        select null, null, (select count(*) > v_max from page), v_contact.rev,
               p_contact_type, p_contact_id, p.seq, p.rev, p.kind, p.from_id, a.name, p.msg,
               rfc3339(p.created_at), p.client_id::text, notice_shown(p.notice), mentions_shown(p.kind, p.mentions)
          from (select) one
          left join page p on p.place <= v_max
          left join account a on a.id = p.from_id
         order by p.seq;
    else
        return query
        with page as (
            select m.*, row_number() over (order by m.rev) as place
              from changed_of(v_contact.mine, p_after_rev, v_max + 1) m
        )
        select null, null, coalesce(cut.last_rev < v_contact.rev, false), least(cut.last_rev, v_contact.rev),
               p_contact_type, p_contact_id, p.seq, p.rev, p.kind, p.from_id, a.name, p.msg,
               rfc3339(p.created_at), p.client_id::text, notice_shown(p.notice), mentions_shown(p.kind, p.mentions)
          from (select max(q.rev) from page q
                 where q.place = v_max and (select count(*) > v_max from page)) cut (last_rev)
          left join page p on p.place <= v_max
          left join account a on a.id = p.from_id
         order by p.rev;
    end if;
end
$$;
