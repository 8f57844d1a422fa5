-- mentions_in(conversation, sender, msg): whom that text in a group mentions: the ids of those whose user names stand
-- behind an @, or the ＠ of Chinese input, members now and not the sender, in their order; or 0 alone, for
-- everybody: @all, of one who may. Null for nobody. Upper and lower case are one. Any other character than those
-- of a user name ends one, so it may stand right in a Chinese text; before and behind it there is none of what
-- addresses are made of. The dot that ends a sentence belongs to the name only where a member is called so. Of many
-- names the first hundred count.
-- A helper of send_each, asked only where there is such a sign, under the conversation's lock. Reads account,
-- membership, permission.
create or replace function mentions_in(p_conversation int8, p_sender int8, p_msg text) returns int8[]
language plpgsql stable
as $$
declare
    v_names text[] := array(
        select lower(x.found[1] collate "C")
          from regexp_matches(p_msg, '(?<![A-Za-z0-9_.@＠/-])[@＠]([A-Za-z0-9_.-]+)(?![A-Za-z0-9_.@＠-])', 'g')
               with ordinality x (found, n)
         group by 1 order by min(x.n) limit 100);
begin
    if cardinality(v_names) = 0 then
        return null;
    end if;
    if exists (select from unnest(v_names) n (name) where rtrim(n.name, '_.-') = 'all')
       and may('mention-all', (select m.role from membership m
                                where m.conversation_id = p_conversation and m.user_id = p_sender)) then
        return '{0}';
    end if;
    return (
        select array_agg(distinct u.id)         -- null of none
          from unnest(v_names) n (name)
         cross join lateral (
               select a.id from account a
                 join membership m on m.conversation_id = p_conversation and m.user_id = a.id and m.left_rev is null
                where a.username in (n.name, rtrim(n.name, '_.-')) and a.username <> 'all'
                order by length(a.username) desc limit 1) u
         where u.id <> p_sender);
end
$$;
