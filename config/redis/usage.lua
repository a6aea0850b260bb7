#!lua flags=no-writes
-- KEYS gen c:<tenant> m:<tenant> u:<tenant>:<month> v:<vendor>  -> {live, within_minute, month_s, month_u, month_calls, at_vendor} | lost
local R = redis.call if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end local t = R('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function after(key, at) return R('ZCOUNT', key, '(' .. string.format('%.0f', at), '+inf') end local u = R('HMGET', KEYS[4], 's', 'c', 'calls')
return {after(KEYS[2], now), after(KEYS[3], now - 60000), u[1] or '0', u[2] or '0', u[3] or '0', after(KEYS[5], now)}
