-- A session in Neovim: diagnostics, hover, completion, a quick fix applied, findings gone, a clean stop.
-- nvim --headless --clean -n -S check.lua, with SERVER (the command), ROOT and FILE in the environment.
local wait = tonumber(os.getenv("SECONDS") or "30") * 1000
local root, file = os.getenv("ROOT"), os.getenv("FILE")
local function say(text) io.stdout:write(text .. "\n") end
local ok, err = pcall(function()
  vim.cmd("edit " .. file)
  local buf = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({ name = "dbt-glue", cmd = vim.split(os.getenv("SERVER"), "|"), root_dir = root })
  assert(id, "the client did not start")
  vim.lsp.buf_attach_client(buf, id)
  assert(vim.wait(wait, function() return #vim.diagnostic.get(buf) > 0 end, 20), "no diagnostics")
  local found = vim.diagnostic.get(buf)[1]
  say(string.format("diagnostic %s %d:%d", found.code, found.lnum, found.col))
  local document = vim.lsp.util.make_text_document_params(buf)
  local function ask(method, line, character, more)
    local params = { textDocument = document, position = { line = line, character = character } }
    for key, value in pairs(more or {}) do params[key] = value end
    local answer = vim.lsp.buf_request_sync(buf, method, params, 20000)
    return answer and answer[id] and answer[id].result
  end
  local line = vim.api.nvim_buf_get_lines(buf, found.lnum, found.lnum + 1, false)[1]
  local hover = ask("textDocument/hover", found.lnum, line:find("dbt.ref", 1, true) + 5)
  say("hover " .. hover.contents.value:sub(1, 300):gsub("\n", " "))
  local completion = ask("textDocument/completion", found.lnum, found.col + 1)
  say("completion " .. table.concat(vim.tbl_map(function(item) return item.label end, completion.items), ","))
  local data = found.user_data.lsp
  local raw = { range = { start = { line = found.lnum, character = found.col },
                          ["end"] = { line = found.end_lnum, character = found.end_col } },
                message = found.message, code = found.code, source = found.source, severity = found.severity,
                data = data and data.data }
  local actions = ask("textDocument/codeAction", found.lnum, found.col, { range = raw.range, context = { diagnostics = { raw } } })
  say("fix " .. actions[1].title)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, vim.lsp.get_client_by_id(id).offset_encoding)
  assert(vim.wait(wait, function() return #vim.diagnostic.get(buf) == 0 end, 20), "the finding did not go")
  say("fixed " .. vim.api.nvim_buf_get_lines(buf, found.lnum, found.lnum + 1, false)[1])
  vim.lsp.stop_client(id)
  assert(vim.wait(10000, function() return vim.lsp.client_is_stopped(id) end, 20), "the server did not stop")
end)
if not ok then io.stderr:write("FAIL: " .. tostring(err) .. "\n") vim.cmd("cquit 1") end
vim.cmd("qall!")
