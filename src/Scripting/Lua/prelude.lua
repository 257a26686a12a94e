-- Runs once in a new state, before any code of a model, with one argument: the function that asks the host.
-- Takes away what is not the same on every machine or reaches outside, and adds the functions of the modelling language.
local host = ...
local raw_next, raw_pairs, raw_type, raw_tostring = next, pairs, type, tostring
local raw_load, raw_setmetatable, raw_error = load, setmetatable, error
local raw_format, raw_sort, raw_select = string.format, table.sort, select
local raw_rawget, raw_getmetatable, raw_math_type = rawget, getmetatable, math.type

local function ask(name, ...)
    local ok, value = host(name, ...)
    if not ok then raw_error(value, 3) end
    return value
end

for _, name in ipairs({ "io", "os", "package", "debug", "require", "dofile", "loadfile", "collectgarbage" }) do
    _G[name] = nil
end

-- Order of keys: numbers by size, then strings by bytes, booleans, and what has no order of its own last, as it lies.
local ranks = { number = 1, string = 2, boolean = 3 }
local function before(a, b)
    local ra, rb = ranks[raw_type(a)] or 4, ranks[raw_type(b)] or 4
    if ra ~= rb then return ra < rb end
    if ra <= 2 then return a < b end
    if ra == 3 then return not a and b end
    return false
end

local function sorted(t)
    local keys, n, length = {}, 0, #t
    for k in raw_next, t do
        if not (raw_math_type(k) == "integer" and k >= 1 and k <= length) then
            n = n + 1
            keys[n] = k
        end
    end
    if n > 1 then raw_sort(keys, before) end
    return keys, n, length
end

local function walk(t)
    local keys, n, length = sorted(t)
    local i, j = 0, 0
    return function()
        while i < length do
            i = i + 1
            local v = raw_rawget(t, i)
            if v ~= nil then return i, v end
        end
        while j < n do
            j = j + 1
            local k = keys[j]
            local v = raw_rawget(t, k)
            if v ~= nil then return k, v end
        end
    end
end

function pairs(t)
    local meta = raw_getmetatable(t)
    local own = raw_type(meta) == "table" and raw_rawget(meta, "__pairs")
    if own then return own(t) end
    if raw_type(t) ~= "table" then raw_error("bad argument #1 to 'for iterator' (table expected, got " .. raw_type(t) .. ")", 2) end
    return walk(t), t, nil
end

function next(t, key)
    if raw_type(t) ~= "table" then raw_error("bad argument #1 to 'next' (table expected, got " .. raw_type(t) .. ")", 2) end
    if key == nil and raw_next(t) == nil then return nil end
    local keys, n, length = sorted(t)
    local found = key == nil
    for i = 1, length do
        if found and raw_rawget(t, i) ~= nil then return i, raw_rawget(t, i) end
        found = found or i == key
    end
    for j = 1, n do
        if found and raw_rawget(t, keys[j]) ~= nil then return keys[j], raw_rawget(t, keys[j]) end
        found = found or keys[j] == key
    end
    return nil
end

-- Addresses differ from member to member.
local function plain(v)
    local kind = raw_type(v)
    if kind == "table" or kind == "function" or kind == "thread" or kind == "userdata" then
        local meta = raw_getmetatable(v)
        if raw_type(meta) == "table" and raw_rawget(meta, "__tostring") then return raw_tostring(v) end
        return kind
    end
    return raw_tostring(v)
end
tostring = plain

function string.format(form, ...)
    if raw_type(form) == "string" and form:find("%%[-+ #0-9.]*p") then raw_error("format '%p' is not allowed", 2) end
    local args, n = { ... }, raw_select("#", ...)
    for i = 1, n do
        local kind = raw_type(args[i])
        if kind ~= "number" and kind ~= "string" then args[i] = kind == "nil" and "nil" or plain(args[i]) end
    end
    return raw_format(form, table.unpack(args, 1, n))
end

function setmetatable(t, meta)
    if raw_type(meta) == "table" and (raw_rawget(meta, "__gc") ~= nil or raw_rawget(meta, "__mode") ~= nil) then
        raw_error("finalizers and weak tables are not allowed: they follow the memory of one machine", 2)
    end
    return raw_setmetatable(t, meta)
end

-- Only text: compiled code is not checked by Lua.
function load(chunk, name, _, ...)
    return raw_load(chunk, name, "t", ...)
end

-- The library's own sort takes its pivot by the clock; this one merges, and keeps the order of equals.
local function merge(from, to, low, middle, high, less)
    local i, j = low, middle
    for k = low, high - 1 do
        if i < middle and (j >= high or not less(from[j], from[i])) then
            to[k] = from[i]
            i = i + 1
        else
            to[k] = from[j]
            j = j + 1
        end
    end
end

function table.sort(list, less)
    less = less or function(a, b) return a < b end
    local n, from, to, width = #list, {}, {}, 1
    for i = 1, n do from[i] = list[i] end
    while width < n do
        for low = 1, n, 2 * width do
            merge(from, to, low, math.min(low + width, n + 1), math.min(low + 2 * width, n + 1), less)
        end
        from, to = to, from
        width = 2 * width
    end
    for i = 1, n do list[i] = from[i] end
end
string.dump = nil

function print(...)
    local parts, n = { ... }, raw_select("#", ...)
    for i = 1, n do parts[i] = plain(parts[i]) end
    ask("log", "info", table.concat(parts, "\t"))
end

function math.random(low, high)
    local draw = ask("draw")
    if low == nil then return (draw >> 11) * (0.5 ^ 53) end
    if high == nil then low, high = 1, low end
    low, high = math.tointeger(low) or raw_error("number has no integer representation", 2),
        math.tointeger(high) or raw_error("number has no integer representation", 2)
    if low > high then raw_error("bad argument to 'random' (interval is empty)", 2) end
    local size = high - low + 1
    if size <= 0 then return low + draw end
    return low + (draw >> 1) % size
end

function math.randomseed()
end

os = {}
function os.time(t)
    if t == nil then return ask("now") // 1000000 end
    return ask("time", t.year, t.month, t.day, t.hour or 12, t.min or 0, t.sec or 0)
end
function os.date(form, seconds) return ask("date", form or "%c", seconds or os.time()) end
function os.clock() return ask("now") / 1000000.0 end
function os.difftime(a, b) return a - (b or 0) + 0.0 end
function os.getenv(name) return ask("getenv", name) end

-- A global, so that it is part of the state: what a module gave must stay one table.
__esp_loaded = {}
function require(name)
    local loaded = __esp_loaded
    if loaded[name] == nil then
        local code = ask("module", name)
        if code == nil then raw_error("module '" .. raw_tostring(name) .. "' not found", 2) end
        local chunk, problem = raw_load(code, "=" .. name, "t")
        if not chunk then raw_error(problem, 2) end
        local value = chunk(name)
        loaded[name] = value == nil and true or value
    end
    return loaded[name]
end

function esp_logMessage(context, message, level, line)
    if message == nil then message = context end
    ask("log", level == nil and "info" or plain(level), plain(message) .. (line and " (line " .. plain(line) .. ")" or ""))
end
function esp_parseJson(text) if text == nil then return nil end return ask("json", text) end
function esp_parseJsonFrom(field) return ask("jsonFrom", field) end
function esp_toString(value, _) return ask("toString", value) end
function esp_getSystemMicro() return ask("now") end
function esp_parseDate(text, form) if text == nil then return nil end return ask("parseDate", text, form) end
function esp_getGuids(n) return ask("guids", n or 1) end
function esp_inject(events, options)
    if events == nil then return true end
    return ask("inject", events, options)
end
function esp_injectCsv(text, options)
    if text == nil then return true end
    return ask("injectCsv", text, options)
end
function esp_query(options) return ask("query", options) end
function esp_publishAsync(options) return ask("publish", options) end
esp_publish = esp_publishAsync
function esp_sleep(ms) return ask("sleep", ms) end

local function function_of(named)
    if raw_type(named) == "string" then return raw_rawget(_G, named) end
    return named
end

-- Globals, so that they are part of the state.
__esp_listeners = {}
__esp_handlers = {}
function esp_setProperty(options) return ask("setProperty", options.name, options.value) end
function esp_getProperty(options)
    return ask("getProperty", raw_type(options) == "table" and options.name or options)
end
function esp_addPropertyListener(options)
    local listeners = __esp_listeners[options.name] or {}
    __esp_listeners[options.name] = listeners
    listeners[#listeners + 1] = options.change
    ask("listen", options.name)
    if options.init ~= nil and esp_getProperty(options.name) == nil then esp_setProperty({ name = options.name, value = options.init }) end
    return true
end
function __esp_changed(name, value, old)
    local listeners = __esp_listeners[name] or {}
    for i = 1, #listeners do
        local change = function_of(listeners[i])
        if change then change(value, old) end
    end
end
local function place_of(options)
    if raw_type(options) ~= "table" then return { window = options } end
    return { window = options.window, contquery = options.contquery }
end
function esp_subscribe(options)
    if options.handler == nil then raw_error("esp_subscribe needs a handler", 2) end
    __esp_handlers[ask("subscribe", place_of(options))] = options.handler
    return true
end
function esp_unsubscribe(options)
    __esp_handlers[ask("unsubscribe", place_of(options))] = nil
    return true
end
function __esp_deliver(place, events, context)
    local handler = function_of(__esp_handlers[place])
    if not handler then raw_error("the handler of '" .. place .. "' is not there", 0) end
    handler(events, context)
end
function esp_sendHttp(options) return ask("http", options) end

-- Names of the language that do nothing here: each says so once and gives nil.
raw_setmetatable(_G, {
    __index = function(_, key)
        if raw_type(key) == "string" and key:sub(1, 4) == "esp_" then
            return function()
                ask("unknown", key)
                return nil
            end
        end
        return nil
    end,
})
