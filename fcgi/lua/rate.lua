-- A limit of rate (generic cell rate algorithm). KEYS: the limit's key. ARGV: microseconds for each
-- request, and how many may come at once.
-- Gives 0 where this one may pass, or the milliseconds until the next may.
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = tonumber(redis.call('GET', KEYS[1]) or 0)
-- Further ahead than any request puts it: from before the clock was set back.
if due < now or due > now + each * burst then due = now end
local wait = due + each - each * burst - now
if wait > 0 then return math.ceil(wait / 1000) end
redis.call('SET', KEYS[1], string.format('%.0f', due + each), 'PX', math.ceil((due + each - now) / 1000) + 1)
return 0
