#!lua flags=allow-oom
-- KEYS gen node:<node>  ARGV prefix node url lease_ms settle_ms month, then for each call: call tenant vendor epoch booked_s booked_u (absolute, up to the next renewal)
-- epoch '0': taken by policy while the store was away. -> {gen, {{call, 'ended' | 'fenced' node | 'epoch' e}...}, {{tenant, month_s, month_u, live}...}}. Repeating it books nothing twice; what the store forgot is told to it again.
local R, g = redis.call, redis.call('GET', KEYS[1]) if not g then return {'lost'} end local t = R('TIME') local till = t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(ARGV[4])
local p, bad, used, order = ARGV[1], {}, {}, {} R('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) for i = 7, #ARGV, 6 do
local call, tenant, vendor, e, lk = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], p .. 'l:' .. ARGV[i] local l = R('HMGET', lk, 'n', 'e', 's', 'c', 'end') if l[5] then bad[#bad + 1] = {call, 'ended'}
elseif l[1] and (l[1] ~= ARGV[2] or (e ~= '0' and l[2] ~= e)) then bad[#bad + 1] = {call, 'fenced', l[1]} else
if not l[1] then l[2] = e == '0' and '1' or e R('HSET', lk, 't', tenant, 'n', ARGV[2], 'e', l[2], 'v', vendor) end if e == '0' then bad[#bad + 1] = {call, 'epoch', l[2]} end
R('ZADD', p .. 'c:' .. tenant, till, call) R('PEXPIREAT', p .. 'c:' .. tenant, till + 60000) if vendor ~= '' then local v, vn = p .. 'v:' .. vendor, p .. 'vn:' .. vendor
if R('ZADD', v, till, tenant .. '|' .. call) == 1 then R('HINCRBY', vn, tenant, 1) end R('PEXPIREAT', v, till + 60000) R('PEXPIREAT', vn, till + 60000) end
local uk, ds, dc = p .. 'u:' .. tenant .. ':' .. ARGV[6], ARGV[i + 4] - (l[3] or 0), ARGV[i + 5] - (l[4] or 0) if ds > 0 then R('HINCRBY', uk, 's', ds) R('HSET', lk, 's', ARGV[i + 4]) end
if dc > 0 then R('HINCRBY', uk, 'c', dc) R('HSET', lk, 'c', ARGV[i + 5]) end R('EXPIRE', uk, 34300800, 'NX') R('PEXPIRE', lk, ARGV[5]) if not used[tenant] then used[tenant] = uk order[#order + 1] = tenant end end end
local sums = {} for i, x in ipairs(order) do local u = R('HMGET', used[x], 's', 'c') sums[i] = {x, u[1] or '0', u[2] or '0', R('ZCARD', p .. 'c:' .. x)} end return {g, bad, sums}
