#!lua
-- KEYS gen young l:<call> c:<tenant> m:<tenant> u:<tenant>:<month> r:<tenant>:<caller> v:<vendor> vn:<vendor> vr:<vendor>
-- ARGV call tenant node vendor lease_ms max_calls per_minute month_s month_u caller_max caller_ms vendor_max slice_s settle_ms (0: no limit, but for max_calls)
-- -> {'ok', epoch, live, again} | elsewhere node | ended | concurrency, caller, rate, minutes, cost, vendor with the value met | young | lost
local R, a = redis.call, {} for i = 5, 14 do a[i] = tonumber(ARGV[i]) end if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local t = R('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) local till, l = now + a[5], R('HMGET', KEYS[3], 'n', 'e', 'end') if l[3] then return {'ended'} end
if l[1] and R('ZSCORE', KEYS[4], ARGV[1]) then  -- Twilio's retry, or ours after a timeout
if l[1] ~= ARGV[3] then return {'elsewhere', l[1]} end R('ZADD', KEYS[4], 'XX', 'GT', till, ARGV[1]) return {'ok', tonumber(l[2]), R('ZCARD', KEYS[4]), 1} end
if R('EXISTS', KEYS[2]) == 1 then return {'young'} end  -- after a loss: others have still to tell their calls
local function held(key, before) R('ZREMRANGEBYSCORE', key, '-inf', before) return R('ZCARD', key) end local live = held(KEYS[4], now) if live >= a[6] then return {'concurrency', live} end
if a[10] > 0 then local n = held(KEYS[7], now - a[11]) if n >= a[10] then return {'caller', n} end end if a[7] > 0 then local n = held(KEYS[5], now - 60000) if n >= a[7] then return {'rate', n} end end
local u = R('HMGET', KEYS[6], 's', 'c') local s, c = tonumber(u[1] or 0), tonumber(u[2] or 0) if a[8] > 0 and s >= a[8] then return {'minutes', s} end if a[9] > 0 and c >= a[9] then return {'cost', c} end
if a[12] > 0 then for _, m in ipairs(R('ZRANGEBYSCORE', KEYS[8], '-inf', now)) do local o = m:match('^(.-)|') if R('HINCRBY', KEYS[9], o, -1) <= 0 then R('HDEL', KEYS[9], o) end end
local total, by, my, unused, h, r = held(KEYS[8], now), {}, 0, 0, R('HGETALL', KEYS[9]), R('HGETALL', KEYS[10]) for i = 1, #h, 2 do by[h[i]] = tonumber(h[i + 1]) end
for i = 1, #r, 2 do local n = tonumber(r[i + 1]) if r[i] == ARGV[2] then my = n else unused = unused + math.max(0, n - (by[r[i]] or 0)) end end
if total >= a[12] or ((by[ARGV[2]] or 0) >= my and total + unused >= a[12]) then return {'vendor', total} end if R('ZADD', KEYS[8], till, ARGV[2] .. '|' .. ARGV[1]) == 1 then R('HINCRBY', KEYS[9], ARGV[2], 1) end
R('PEXPIREAT', KEYS[8], till + 60000) R('PEXPIREAT', KEYS[9], till + 60000) end R('ZADD', KEYS[4], till, ARGV[1]) R('PEXPIREAT', KEYS[4], till + 60000)
if a[7] > 0 then R('ZADD', KEYS[5], now, ARGV[1]) R('PEXPIRE', KEYS[5], 60000) end if a[10] > 0 then R('ZADD', KEYS[7], now, ARGV[1]) R('PEXPIRE', KEYS[7], a[11]) end
R('SET', KEYS[1]:sub(1, -4) .. 'node:' .. ARGV[3], '', 'PX', a[5])  -- its node lives
local e = R('HINCRBY', KEYS[3], 'e', 1) R('HSET', KEYS[3], 't', ARGV[2], 'n', ARGV[3], 'v', ARGV[4]) R('PEXPIRE', KEYS[3], a[14])
if not l[1] then R('HSET', KEYS[3], 's', a[13]) R('HINCRBY', KEYS[6], 'calls', 1) R('HINCRBY', KEYS[6], 's', a[13]) R('EXPIRE', KEYS[6], 34300800, 'NX') end  -- first slice, booked ahead
return {'ok', e, live + 1, 0}
