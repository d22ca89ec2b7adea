// tfjs-node's addon, with one call more: a graph that TensorFlow runs as one operation, as Python's tf.function does. tfjs-node itself runs
// one operation at a time, and most of a small training step is then the way from one to the next.
#include <node_api.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// The context that the operations run in is a private member.
#define private public
#include "binding/tfjs_backend.h"
#undef private

// Its own registration is replaced by the one below, which calls its initialisation first.
#undef NAPI_MODULE
#define NAPI_MODULE(name, initialise)
#include "binding/tfjs_binding.cc"

namespace tfnodejs {
namespace {

bool Strings(napi_env env, napi_value array, std::vector<std::string> &into) {
  uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) != napi_ok) return false;
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    std::string text;
    if (napi_get_element(env, array, i, &element) != napi_ok) return false;
    if (GetStringParam(env, element, text) != napi_ok) return false;
    into.push_back(text);
  }
  return true;
}

// "node" or "node:output" of a graph.
TF_Output OutputOf(TF_Graph *graph, const std::string &place) {
  const size_t colon = place.find(':');
  TF_Operation *operation = TF_GraphOperationByName(graph, place.substr(0, colon).c_str());
  return {operation, colon == std::string::npos ? 0 : std::stoi(place.substr(colon + 1))};
}

// addFunction(name, graphDef: Uint8Array, inputs: string[], outputs: string[], effects: string[]): from then on `name` is an operation
// of the context: the nodes `inputs` are its arguments, `outputs` its results, and the nodes `effects` are run in any case.
napi_value AddFunction(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value args[5];
  napi_value js_this;
  napi_get_cb_info(env, info, &argc, args, &js_this, nullptr);
  std::string name;
  void *bytes = nullptr;
  size_t length = 0;
  napi_typedarray_type type;
  std::vector<std::string> inputs, outputs, effects;
  if (argc < 5 || GetStringParam(env, args[0], name) != napi_ok ||
      napi_get_typedarray_info(env, args[1], &type, &length, &bytes, nullptr, nullptr) != napi_ok ||
      !Strings(env, args[2], inputs) || !Strings(env, args[3], outputs) || !Strings(env, args[4], effects)) {
    NAPI_THROW_ERROR(env, "addFunction needs a name, the bytes of a graph, and the names of its inputs, outputs and effects");
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;

  TF_AutoStatus status;
  TF_Graph *graph = TF_NewGraph();
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_Buffer *buffer = TF_NewBufferFromString(bytes, length);
  TF_GraphImportGraphDef(graph, buffer, options, status.status);
  TF_DeleteBuffer(buffer);
  TF_DeleteImportGraphDefOptions(options);
  TF_Function *function = nullptr;
  std::string missing;
  if (TF_GetCode(status.status) == TF_OK) {
    std::vector<TF_Output> ins, outs;
    std::vector<const TF_Operation *> controls;
    for (const auto &place : inputs) ins.push_back(OutputOf(graph, place));
    for (const auto &place : outputs) outs.push_back(OutputOf(graph, place));
    for (const auto &place : effects) controls.push_back(OutputOf(graph, place).oper);
    for (size_t i = 0; i < ins.size(); i++)
      if (!ins[i].oper) missing = inputs[i];
    for (size_t i = 0; i < outs.size(); i++)
      if (!outs[i].oper) missing = outputs[i];
    for (size_t i = 0; i < controls.size(); i++)
      if (!controls[i]) missing = effects[i];
    if (missing.empty())
      function = TF_GraphToFunctionWithControlOutputs(
          graph, name.c_str(), 0, -1, nullptr, ins.size(), ins.data(), outs.size(), outs.data(), nullptr,
          controls.size(), controls.data(), nullptr, nullptr, nullptr, status.status);
  }
  if (function) {
    TFE_ContextAddFunction(backend->tfe_context_, function, status.status);
    TF_DeleteFunction(function);
  }
  TF_DeleteGraph(graph);
  if (!missing.empty()) {
    NAPI_THROW_ERROR(env, "addFunction: the graph has no node %s", missing.c_str());
    return nullptr;
  }
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return js_this;
}

// removeFunction(name): the operation is no more.
napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  napi_value js_this;
  napi_get_cb_info(env, info, &argc, args, &js_this, nullptr);
  std::string name;
  if (argc < 1 || GetStringParam(env, args[0], name) != napi_ok) {
    NAPI_THROW_ERROR(env, "removeFunction needs a name");
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(backend->tfe_context_, name.c_str(), status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return js_this;
}

napi_value Initialise(napi_env env, napi_value exports) {
  napi_value all = InitTFNodeJSBinding(env, exports);
  if (!all) return all;
  napi_property_descriptor more[] = {
      {"addFunction", nullptr, AddFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, all, ARRAY_SIZE(more), more);
  return all;
}

}  // namespace
}  // namespace tfnodejs

NAPI_MODULE_INIT() { return tfnodejs::Initialise(env, exports); }
